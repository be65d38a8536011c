import { Component, type ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { Button } from './Button.tsx';
import { State } from './State.tsx';

/** Catches errors of rendering, which would leave an empty page, and offers to load the page again. */
export class Failure extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? <Reload /> : this.props.children;
  }
}

function Reload() {
  const texts = useTexts();
  return (
    <State icon="alert" title={texts.errors.broken} text={texts.errors.brokenText}>
      <Button look="primary" onClick={() => location.reload()}>
        {texts.reload}
      </Button>
    </State>
  );
}
