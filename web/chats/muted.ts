import { useEffect, useState } from 'react';

interface Muting {
  isMuted: boolean;
  mutedUntil: string | null;
}

/** The longest time that a timer can wait, in milliseconds. */
const longest = 2 ** 31 - 1;

/** Whether a chat is silent now. Nothing tells of the end of the silence, so it is computed. */
export const isMutedNow = ({ isMuted, mutedUntil }: Muting, now = Date.now()): boolean =>
  isMuted && (mutedUntil === null || Date.parse(mutedUntil) > now);

/** The same, also in the moment in which the silence ends. */
export function useIsMuted(muting: Muting | null): boolean {
  const [now, setNow] = useState(Date.now);
  const end = muting?.isMuted && muting.mutedUntil !== null ? Date.parse(muting.mutedUntil) : null;
  useEffect(() => {
    if (end === null) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(Math.max(end - Date.now(), 0), longest));
    return () => clearTimeout(timer);
  }, [end]);
  return muting !== null && isMutedNow(muting, now);
}
