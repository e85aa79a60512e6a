/** A `Content-Disposition` (RFC 6266) with a name to save the bytes under. `inline`: a browser shows them. */
export function dispositionOf(name: string, how: 'inline' | 'attachment' = 'inline'): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${how}; filename="${plain}"; filename*=UTF-8''${encoded}`
}
