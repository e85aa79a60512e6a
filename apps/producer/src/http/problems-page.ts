import { createHash } from 'node:crypto'
import type { Api } from './api.ts'
import { problems, problemsPath } from './problem.ts'

const style =
  'body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif}h2{margin:2rem 0 0;font-size:1.1rem}:target{background:#ffd}'

/** Each code of a problem with its anchor, where the `type` of a problem leads. */
export function problemsPage(app: Api): void {
  const page = Buffer.from(pageText())
  const styleHash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'`
  app.get(problemsPath, { schema: { hide: true } }, (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers({ 'content-security-policy': policy, 'cache-control': 'public, max-age=3600' })
      .send(page),
  )
}

function pageText(): string {
  const each = Object.entries(problems).map(
    ([code, { status, title, todo }]) =>
      `<h2 id="${code}"><a href="#${code}">${code}</a></h2>\n<p>${status}. ${escape(title)}. ${marked(todo)}</p>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Problems of Restyle</title><style>${style}</style></head>
<body>
<h1>Problems</h1>
<p>Every refusal is a problem document (RFC 9457). Its <code>type</code> leads here, its <code>code</code> is stable.</p>
${each.join('\n')}
</body>
</html>
`
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const marked = (text: string): string => escape(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>')
