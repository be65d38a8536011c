import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/database/open.ts';
import { restored } from '../src/database/restored.ts';

// `npm run restored`, before the servers start on a database that was restored.
const database = await openDatabase(readConfig(process.env).database);
const chats = await restored(database.db).finally(() => database.close());
console.log(`${chats} chats begin anew: their clients are told to fetch them again. Start the servers now.`);
