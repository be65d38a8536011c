import { stored } from '../stored.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const theme = stored<Theme>(
  'theme',
  (text) => themes.find((name) => name === text) ?? 'system',
  (value) => (value === 'system' ? null : value),
);

/** The palette follows `color-scheme`, which this attribute overrides. */
export function applyTheme(): void {
  const chosen = theme.get();
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
