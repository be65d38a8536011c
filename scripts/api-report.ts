// Writes client/api/*.api.md, the exports of each entry of the kit's package, from client/dist. With --check it writes
// nothing, and fails if a report is stale.
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { argv } from 'node:process';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const kit = resolve(import.meta.dirname, '../client');
const check = argv.includes('--check');
const none = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false };

await mkdir(`${kit}/api`, { recursive: true });
for (const entry of ['core', 'apollo', 'react', 'urql']) {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: `${kit}/package.json`,
    configObject: {
      projectFolder: kit,
      mainEntryPointFilePath: `${kit}/dist/${entry}.d.ts`,
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: `${kit}/tsconfig.json` },
      apiReport: {
        enabled: true,
        reportFileName: entry,
        reportFolder: `${kit}/api`,
        reportTempFolder: `${kit}/dist/api`,
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        // The kit has no release tags. Types that an export refers to are in the report as well.
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Error, addToApiReportFile: false },
          'ae-missing-release-tag': none,
          'ae-forgotten-export': none,
          'ae-undocumented': none,
        },
        tsdocMessageReporting: { default: none },
      },
    },
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(config, {
    localBuild: !check,
    showVerboseMessages: false,
    messageCallback(message) {
      message.handled = message.messageId.startsWith('console-');
    },
  });
  if (check && apiReportChanged) console.error(`client/api/${entry}.api.md is stale. Run: npm run api-report`);
  if (!succeeded) process.exitCode = 1;
}
