import { defineConfig } from 'prisma/config';

// These three commands download an engine binary that they never run. Naming any executable prevents the download.
// `prisma migrate` does run it, so it is not changed.
if (['generate', 'validate', 'format'].some((command) => process.argv.includes(command))) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
}

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
