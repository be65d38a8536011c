/** The number of frames in a row without a movement, and the maximum number of frames. */
const still = 3;
const longest = 60;

const ownMoves = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/**
 * Calls back when a message no longer moves, or when the user scrolls. The rows around the message may be measured
 * first, which moves it. `correct` is called in each frame, and returns whether it has scrolled the list.
 */
export function whenStill(
  scroller: HTMLElement | null,
  messageId: string,
  then: () => void,
  correct: (article: HTMLElement) => boolean = () => false,
): void {
  let frames = 0;
  let unmoved = 0;
  let last: number | undefined;
  const moved = new AbortController();
  for (const event of ownMoves) {
    scroller?.addEventListener(event, () => moved.abort(), { passive: true, signal: moved.signal });
  }
  requestAnimationFrame(function look() {
    const article = scroller?.querySelector<HTMLElement>(`article[data-id="${CSS.escape(messageId)}"]`);
    const top = article?.getBoundingClientRect().top;
    unmoved = top !== undefined && top === last ? unmoved + 1 : 0;
    last = top;
    const isOver = moved.signal.aborted || ++frames >= longest;
    if (!isOver && article && correct(article)) unmoved = 0;
    if (!isOver && unmoved < still) return requestAnimationFrame(look);
    moved.abort();
    then();
  });
}
