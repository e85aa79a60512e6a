/** `get /v1/edits/{id}` and so on, without what stands for any address below another, out of the tree that fastify prints: four columns for each step down. */
export function servedBy(tree: string): string[] {
  const path: string[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods] = /^([│ ├└─]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? []
    path.splice(indent.length / 4 - 1, Infinity, part)
    const url = path.join('').replaceAll(/:(\w+)/g, '{$1}')
    return methods === undefined || part.endsWith('*')
      ? []
      : methods.split(', ').map((method) => `${method.toLowerCase()} ${url}`)
  })
}
