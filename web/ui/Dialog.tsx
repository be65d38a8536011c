import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { Button } from './Button.tsx';
import { Sentence } from './Sentence.tsx';
import styles from './Dialog.module.css';

/** A modal question. */
export function Confirm(props: {
  title: string;
  text?: string;
  action: string;
  busy?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
  /** The element that gets the focus instead of the one that opened the dialog. */
  returnTo?: (() => HTMLElement | null | undefined) | undefined;
}) {
  const texts = useTexts();
  return (
    <Dialog title={props.title} onClose={props.onCancel} returnTo={props.returnTo}>
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

interface DialogProps {
  title: string;
  onClose: () => void;
  returnTo?: (() => HTMLElement | null | undefined) | undefined;
  children: ReactNode;
}

/** A modal dialog. */
export function Dialog({ title, onClose, returnTo, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  const place = useRef(returnTo);
  useLayoutEffect(() => {
    place.current = returnTo;
  });

  // The clean-up of a layout effect runs while the dialog is still in the page, so that closing it returns the focus.
  useLayoutEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      const target = place.current?.() ?? opener;
      if (target instanceof HTMLElement) target.focus();
    };
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
        <h2 id={id}>
          <Sentence text={title} />
        </h2>
        {children}
      </div>
    </dialog>
  );
}
