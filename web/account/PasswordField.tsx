import { useState, type ComponentProps } from 'react';
import { useTexts } from '../language/language.ts';
import { IconButton } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';

/** A field for a password, which the user may make visible. */
export function PasswordField(props: Omit<ComponentProps<typeof TextField>, 'type' | 'end'>) {
  const texts = useTexts();
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      type={isShown ? 'text' : 'password'}
      required
      end={
        <IconButton
          icon="eye"
          label={isShown ? texts.session.hidePassword : texts.session.showPassword}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        />
      }
    />
  );
}
