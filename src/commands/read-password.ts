import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { CommandError } from './run.ts';

/** Asks twice at a terminal, without showing what is typed. Otherwise reads all of standard input. */
export async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) return askTwice();
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password === '') throw new CommandError('Standard input is empty: write the new password to it.');
  if (/[\r\n]/.test(password))
    throw new CommandError('Standard input has several lines: write the new password alone.');
  return password;
}

async function askTwice(): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const closed = new AbortController();
  // Ctrl+C and Ctrl+D.
  terminal.on('close', () => closed.abort());
  const ask = async (question: string) => {
    process.stderr.write(question);
    try {
      return await terminal.question('', { signal: closed.signal });
    } catch (error) {
      throw closed.signal.aborted ? new CommandError('Nothing was changed.') : error;
    } finally {
      process.stderr.write('\n');
    }
  };
  try {
    const password = await ask('New password: ');
    if (password !== (await ask('The same again: '))) {
      throw new CommandError('The two passwords differ. Nothing was changed.');
    }
    return password;
  } finally {
    terminal.close();
  }
}
