import { posix, relative, sep } from 'node:path';

/**
 * @typedef {object} Boundary
 * @property {string} message what to do instead
 * @property {(file: string, target: string) => boolean} crossed by an import of a package or of a path in the project
 * @property {boolean} [typesMay] whether `import type` may cross it
 */

/**
 * An ESLint rule that checks all boundaries. It reports the first one that is crossed. One `no-restricted-imports` for
 * each kind of file would not do, because of two entries that match a file the later one replaces the earlier.
 * @param {readonly Boundary[]} boundaries
 * @returns {import('eslint').Rule.RuleModule}
 */
export const importRule = (boundaries) => ({
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');

    function check(source, node) {
      if (typeof source?.value !== 'string') return;
      const target = source.value.startsWith('.') ? posix.join(posix.dirname(file), source.value) : source.value;
      const boundary = boundaries.find((each) => each.crossed(file, target) && !(each.typesMay && isTypeOnly(node)));
      if (boundary) context.report({ node: source, message: boundary.message });
    }

    return {
      ImportDeclaration: (node) => check(node.source, node),
      ImportExpression: (node) => check(node.source, node),
      ExportAllDeclaration: (node) => check(node.source, node),
      ExportNamedDeclaration: (node) => check(node.source, node),
    };
  },
});

const isTypeOnly = ({ importKind, exportKind, specifiers = [] }) =>
  importKind === 'type' ||
  exportKind === 'type' ||
  (specifiers.length > 0 && specifiers.every((specifier) => (specifier.importKind ?? specifier.exportKind) === 'type'));
