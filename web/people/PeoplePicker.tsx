import { limits } from '../../src/limits.ts';
import { skipToken, useQuery } from '@apollo/client/react';
import { useId, useState } from 'react';
import { PeopleDocument, type UserNameFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Spinner } from '../ui/State.tsx';
import { useRetry } from '../use-retry.ts';
import { useDebounced } from './use-debounced.ts';
import styles from './PeoplePicker.module.css';

interface Props {
  chosen: readonly UserNameFragment[];
  onChange: (chosen: UserNameFragment[]) => void;
  /** Users who cannot be chosen: the viewer, and present members. */
  without: ReadonlySet<string>;
}

/** Finds people by name. The chosen ones stay in view while the user searches on. */
export function PeoplePicker({ chosen, onChange, without }: Props) {
  const texts = useTexts();
  const id = useId();
  const [search, setSearch] = useState('');
  const typed = useDebounced(search.trim(), 150);
  // The server refuses shorter search terms.
  const asked = [...typed].length < limits.searchTerm.min ? '' : typed;
  const { data, previousData, loading, error, refetch } = useQuery(
    PeopleDocument,
    asked === '' ? skipToken : { variables: { search: asked } },
  );
  useRetry(error, refetch);
  const found = (asked === '' ? undefined : (data ?? previousData))?.users.edges
    .map(({ node }) => node)
    .filter((user) => !without.has(user.id));
  const isChosen = (user: UserNameFragment) => chosen.some(({ id }) => id === user.id);

  function toggle(user: UserNameFragment) {
    onChange(isChosen(user) ? chosen.filter(({ id }) => id !== user.id) : [...chosen, user]);
  }

  return (
    <div className={styles.picker}>
      {chosen.length > 0 && (
        <ul className={styles.chosen} aria-label={texts.newChat.selected(chosen.length)}>
          {chosen.map((user) => (
            <li key={user.id}>
              <button type="button" aria-label={texts.newChat.remove(user.displayName)} onClick={() => toggle(user)}>
                <span dir="auto">{user.displayName}</span>
                <Icon name="close" size={14} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.search}>
        <Icon name="search" size={18} />
        <label htmlFor={id} className="visually-hidden">
          {texts.newChat.people}
        </label>
        <input
          id={id}
          type="search"
          dir="auto"
          value={search}
          placeholder={texts.newChat.people}
          autoComplete="off"
          autoFocus
          onChange={(event) => setSearch(event.target.value)}
        />
        {loading && <Spinner label={texts.loading} />}
      </div>
      <div role="status">
        {found?.length === 0 && !loading && <p className={styles.none}>{texts.newChat.none}</p>}
        {error && <p className={styles.none}>{texts.errors.network}</p>}
      </div>
      {found && found.length > 0 && (
        <ul className={styles.found} aria-label={texts.newChat.results}>
          {found.map((user) => (
            <li key={user.id}>
              <label>
                <input type="checkbox" checked={isChosen(user)} onChange={() => toggle(user)} />
                <Avatar id={user.id} name={user.displayName} />
                <span className={styles.name}>
                  <strong dir="auto">{user.displayName}</strong>
                  <span>@{user.username}</span>
                </span>
                <span className={styles.check}>
                  <Icon name="check" size={16} />
                </span>
              </label>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
