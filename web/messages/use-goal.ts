import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { MessageAnchor } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { notify } from '../ui/notices.tsx';
import { anchorOf, rowOf, type Goal } from './goal.ts';
import type { MessageRow } from './rows.ts';
import type { Asked } from './use-messages.ts';
import { whenStill } from './when-still.ts';

/** Milliseconds for which the message that the user was taken to is marked. */
const markedFor = 2_400;
/** Pixels above the first unread message that are in view. */
const peek = -28;

interface Options {
  start: Goal | null;
  /** The message to start at does not exist. */
  isStartMissing: boolean;
  isLoaded: boolean;
  rows: readonly MessageRow[];
  hasOlder: boolean;
  hasNewer: boolean;
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLElement | null>;
  /** True until the list has reached the goal. Until then it loads no pages by itself. */
  isLed: RefObject<boolean>;
  loadAround: (around: MessageAnchor) => Promise<Asked>;
  /** Scrolls a row into view and focuses it. */
  moveTo: (index: number, align: 'center') => void;
  leaveEnd: () => void;
  onArrived: () => void;
}

/** Scrolls the list to a message or a place in the chat, and loads it if necessary. */
export function useGoal(options: Options) {
  const { start, isStartMissing, isLoaded, rows, hasOlder, hasNewer, list, scroller, isLed, loadAround } = options;
  const texts = useTexts();
  const [goal, setGoal] = useState(start);
  const [marked, setMarked] = useState<{ id: string } | null>(null);
  const asked = useRef<Goal>(null);
  const { moveTo, leaveEnd } = options;

  const onArrived = useRef(options.onArrived);
  useLayoutEffect(() => {
    onArrived.current = options.onArrived;
  });
  const arrive = useCallback(() => {
    isLed.current = false;
    onArrived.current();
  }, [isLed]);

  const leadTo = useCallback(
    (next: Goal) => {
      isLed.current = true;
      setGoal(next);
    },
    [isLed],
  );

  const giveUp = useCallback(
    (why: string | null) => {
      if (why !== null) notify(why);
      setGoal(null);
      arrive();
    },
    [arrive],
  );

  // It runs before the list is painted at another place.
  useLayoutEffect(() => {
    if (!goal || !isLoaded) return;
    if (goal === start && isStartMissing) return giveUp(goal.to === 'place' ? null : texts.messages.notHere);
    const index = rowOf(goal, rows, { hasOlder, hasNewer });
    if (index >= 0) {
      const id = rows[index]?.message.id ?? '';
      leaveEnd();
      setGoal(null);
      const toStart = (offset: number) => list.current?.scrollToIndex(index, { align: 'start', offset });
      if (goal.to === 'message') {
        moveTo(index, 'center');
        setMarked({ id });
      } else {
        toStart(goal.to === 'place' ? -goal.top : peek);
      }
      whenStill(scroller.current, id, arrive, (article) => {
        if (goal.to !== 'place' || !scroller.current || isAt(goal.top, article, scroller.current)) return false;
        toStart(insetOf(article) - goal.top);
        return true;
      });
    } else if (asked.current !== goal) {
      asked.current = goal;
      void loadAround(anchorOf(goal)).then((outcome) => {
        if (outcome !== 'here') giveUp(outcome === 'missing' ? texts.messages.notHere : texts.errors.network);
      });
    }
  }, [
    ...[goal, start, isStartMissing, isLoaded, rows, hasOlder, hasNewer, list, scroller],
    ...[loadAround, moveTo, leaveEnd, arrive, giveUp, texts],
  ]);

  useEffect(() => {
    if (!marked) return;
    const timer = setTimeout(() => setMarked(null), markedFor);
    return () => clearTimeout(timer);
  }, [marked]);

  return { leadTo, markedId: marked?.id };
}

const topOf = (element: Element) => element.getBoundingClientRect().top;

/** Whether a message is so far below the list's upper edge; a scroll of less than a pixel is none. */
const isAt = (top: number, article: HTMLElement, scroller: HTMLElement): boolean =>
  Math.abs(topOf(article) - topOf(scroller) - top) < 1;

/** What stands above a message in its row: a date, or the line of the unread ones. */
const insetOf = (article: HTMLElement): number =>
  article.parentElement ? topOf(article) - topOf(article.parentElement) : 0;
