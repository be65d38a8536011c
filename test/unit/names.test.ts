import { expect, test } from 'vitest';
import { isolated, plainFileName, sentenceParts } from '../../web/language/names.ts';
import { en } from '../../web/language/en.ts';
import { ru } from '../../web/language/ru.ts';

test('a sentence isolates the names of people and chats, whatever characters they have', () => {
  const right = 'נועה \u202e(תל אביב)\u2069';
  for (const { chat, chats, composer, details } of [en, ru]) {
    for (const sentence of [
      chat.deletedBy(right, 'Engine'),
      chat.removedBy(right, 'Engine'),
      chats.from(right, 'hello'),
      composer.replyingTo(right),
      details.removeSure(right),
      details.handOverSure(right),
    ]) {
      const names = sentenceParts(sentence).filter((_, index) => index % 2 === 1);
      expect(names).toContain('נועה (תל אביב)');
    }
  }
  expect(isolated('Ada')).toBe('\u2068Ada\u2069');
});

test('the name of a file does not hide its ending', () => {
  expect(plainFileName('photo\u202egpj.exe')).toBe('photogpj.exe');
  expect(plainFileName('a\u0007b\n.txt ')).toBe('ab.txt');
});
