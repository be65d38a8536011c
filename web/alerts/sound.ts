let context: AudioContext | undefined;
let last = -Infinity;

/** Minimum milliseconds between two sounds, so that many messages at once make one. */
const pause = 1_000;

/**
 * Plays two short tones. Resolves to false if they are not heard: a browser plays nothing before the user has pressed
 * something.
 */
export async function chime(): Promise<boolean> {
  if (!navigator.userActivation.hasBeenActive) return false;
  context ??= new AudioContext();
  await context.resume();
  if (performance.now() - last < pause) return true;
  last = performance.now();
  tone(context, 660, 0);
  tone(context, 880, 0.11);
  return true;
}

function tone(of: AudioContext, frequency: number, after: number): void {
  const from = of.currentTime + after;
  const volume = new GainNode(of, { gain: 0 });
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(0.08, from + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.24);
  volume.connect(of.destination);
  const oscillator = new OscillatorNode(of, { frequency });
  oscillator.connect(volume);
  oscillator.start(from);
  oscillator.stop(from + 0.26);
}
