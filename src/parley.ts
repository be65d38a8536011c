#!/usr/bin/env node
import './production.ts';
import { runCommandLine } from './commands/command-line.ts';

await runCommandLine(process.argv.slice(2));
