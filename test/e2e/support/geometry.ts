import type { Page } from 'playwright-core';

/** Elements that reach out of the window, or scroll sideways. The application must not have any. */
export function outside(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const clips = (element: Element) => getComputedStyle(element).overflowX !== 'visible';
    const isClipped = (element: Element): boolean => {
      const parent = element.parentElement;
      return parent !== null && parent !== document.body && (clips(parent) || isClipped(parent));
    };
    const name = (element: Element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`;
    const found: string[] = [];
    for (const element of document.body.querySelectorAll('*')) {
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      const { left, right } = element.getBoundingClientRect();
      const scrolls = ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
      if (scrolls && element.tagName !== 'TEXTAREA' && element.scrollWidth > element.clientWidth)
        found.push(`${name(element)} scrolls ${element.scrollWidth} in ${element.clientWidth}`);
      if ((right > innerWidth + 0.5 || left < -0.5) && !isClipped(element))
        found.push(`${name(element)} from ${left} to ${right} of ${innerWidth}`);
    }
    return found;
  });
}
