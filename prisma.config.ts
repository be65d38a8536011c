import { defineConfig } from 'prisma/config';

// These three commands download an engine binary that they never run. Naming any executable stops the download;
// `prisma migrate`, which does run it, is left alone.
if (['generate', 'validate', 'format'].some((command) => process.argv.includes(command))) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
}

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
