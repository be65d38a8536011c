/** Parley's logo. */
export function Mark({ size = 48 }: { size?: number }) {
  return <img src="/favicon.svg" width={size} height={size} alt="" />;
}
