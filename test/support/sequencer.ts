import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** One project after the other, since a process is handed on to files of its own project alone. */
export class ProjectSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => a.project.name.localeCompare(b.project.name));
  }
}
