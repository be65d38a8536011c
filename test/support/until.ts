/** Waits for a condition. The deadline only ends a product that hangs; a test normally needs far less. */
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
