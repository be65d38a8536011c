import './production.ts';
import { runCommand } from './commands/run.ts';
import { start } from './commands/start.ts';

await runCommand(start);
