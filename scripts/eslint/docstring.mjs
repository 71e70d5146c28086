/**
 * ESLint rule: an exported declaration starts with a docstring.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const docstring = {
  meta: {
    type: 'suggestion',
    docs: { description: 'Require a docstring on every exported declaration.' },
    messages: { missing: "'{{name}}' is exported without a docstring." },
    schema: [],
  },
  create(context) {
    const nameOf = ({ declaration }) =>
      declaration.id?.name ?? declaration.declarations?.[0]?.id.name ?? 'this declaration'

    const isDocumented = (node) => {
      const comment = context.sourceCode.getCommentsBefore(node).at(-1)
      return comment?.type === 'Block' && comment.value.startsWith('*')
    }

    // Only the first of several overloads carries the docstring.
    let previous
    return {
      ExportNamedDeclaration(node) {
        if (!node.declaration) return
        const name = nameOf(node)
        if (name !== previous && !isDocumented(node)) {
          context.report({ node, messageId: 'missing', data: { name } })
        }
        previous = name
      },
    }
  },
}
