import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { Button } from './Button.tsx';
import styles from './Dialog.module.css';

/** A question that stops everything else until it is answered. */
export function Confirm(props: {
  title: string;
  text?: string;
  action: string;
  busy?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  const texts = useTexts();
  return (
    <Dialog title={props.title} onClose={props.onCancel}>
      {props.text && <p className={styles.text}>{props.text}</p>}
      <div className={styles.actions}>
        <Button onClick={props.onCancel}>{texts.cancel}</Button>
        <Button look="danger" busy={props.busy ?? false} onClick={props.onConfirm}>
          {props.action}
        </Button>
      </div>
    </Dialog>
  );
}

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className={styles.body}>
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
