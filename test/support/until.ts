/** Waits for a condition. The deadline is for a product that hangs: no test is meant to come near it. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: () => string = () => 'a condition',
  deadline = 10_000,
): Promise<void> {
  const end = performance.now() + deadline;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`After ${deadline} ms there is still not ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
