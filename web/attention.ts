import { useSyncExternalStore } from 'react';

const events = ['focus', 'blur', 'visibilitychange'] as const;

/** Whether the user looks at this window: it is visible and has the focus. */
const hasAttention = (): boolean => !document.hidden && document.hasFocus();

export function useAttention(): boolean {
  return useSyncExternalStore(subscribe, hasAttention);
}

function subscribe(listener: () => void): () => void {
  // `visibilitychange` is an event of the document that bubbles to the window.
  for (const event of events) window.addEventListener(event, listener);
  return () => {
    for (const event of events) window.removeEventListener(event, listener);
  };
}
