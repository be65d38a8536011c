import './styles/tokens.css';
import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { language, showLanguage } from './language/language.ts';
import { applyTheme, theme } from './settings/theme.ts';

applyTheme();
theme.subscribe(applyTheme);
language.subscribe(() => void showLanguage().catch(() => {}));

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');
void showLanguage().then(() => {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
