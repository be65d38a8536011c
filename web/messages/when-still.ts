/** The number of frames in a row without a movement, and the maximum number of frames. */
const still = 3;
const longest = 60;

/** Calls back when a message no longer moves. The rows around it may be measured first, which moves it. */
export function whenStill(scroller: HTMLElement | null, messageId: string, then: () => void): void {
  let frames = 0;
  let unmoved = 0;
  let last: number | undefined;
  requestAnimationFrame(function look() {
    const article = scroller?.querySelector(`article[data-id="${CSS.escape(messageId)}"]`);
    const top = article?.getBoundingClientRect().top;
    unmoved = top !== undefined && top === last ? unmoved + 1 : 0;
    last = top;
    if (unmoved >= still || ++frames >= longest) then();
    else requestAnimationFrame(look);
  });
}
