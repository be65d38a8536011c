import { useTexts } from '../language/language.ts';
import { views, type View } from './views.ts';
import styles from './Views.module.css';

/** Chooses which chats are listed. */
export function Views({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  const texts = useTexts();
  return (
    <div className={styles.views} role="group" aria-label={texts.chats.show}>
      {views.map((one) => (
        <button key={one} type="button" aria-pressed={one === view} onClick={() => onChange(one)}>
          {texts.chats.views[one]}
        </button>
      ))}
    </div>
  );
}
