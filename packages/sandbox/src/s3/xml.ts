const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** One element with text inside, or with elements when `content` is a list of them. */
export function element(name: string, content: string | number | boolean | readonly string[]): string {
  const inside = Array.isArray(content) ? content.join('') : escapeText(String(content))
  return `<${name}>${inside}</${name}>`
}

/** The first line of every reply in XML. */
export const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** A whole reply in S3's namespace; errors alone have none. */
export function document(root: string, children: readonly string[]): string {
  return `${declaration}<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${children.join('')}</${root}>`
}

/** What is inside all elements called `name`, as it stands: enough for the one document this server reads. */
export function insides(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))].map((match) => match[1] ?? '')
}

function escapeText(text: string): string {
  // control characters would be refused or changed by an XML reader
  return text.replace(
    /[&<>"']|\p{Cc}/gu,
    (character) => entities[character] ?? `&#${character.charCodeAt(0)};`,
  )
}
