import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs one project after the other, because a process is reused only for files of its own project. */
export class ProjectSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => a.project.name.localeCompare(b.project.name));
  }
}
