import { readFile } from 'node:fs/promises';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

/** TypeScript declares WebAssembly only as a part of the DOM. */
declare const WebAssembly: {
  instantiate(source: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

/**
 * Loads Prisma's schema engine as WebAssembly. Its package leaves the loading of the `.wasm` to bundlers. Call it once.
 */
export async function loadSchemaEngine(): Promise<typeof bindings.SchemaEngine> {
  const wasm = new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const { instance } = await WebAssembly.instantiate(await readFile(wasm), { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings.SchemaEngine;
}
