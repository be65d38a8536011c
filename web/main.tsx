import './styles/tokens.css';
import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { language } from './language/language.ts';
import { applyTheme, theme } from './settings/theme.ts';

const showLanguage = () => (document.documentElement.lang = language.get());

applyTheme();
theme.subscribe(applyTheme);
showLanguage();
language.subscribe(showLanguage);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
