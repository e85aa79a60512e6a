import { createHash } from 'node:crypto'
import { fastify } from 'fastify'
import type { Api } from './api.ts'
import { packedText } from './packed-text.ts'

/** Where the page of the API is; its script lies below. */
const pagePath = '/docs'
const scriptPath = '/docs/scalar.js'

type Docs = { page: string; policy: string; script: string }

/**
 * A page of the API for people, by Scalar. Everything it loads comes from here. It is made when somebody asks for it first: the
 * script is 5 MB of text, which a process that nobody asks should not hold.
 */
export function docsPage(app: Api): void {
  let loading: Promise<Docs> | undefined
  const docs = () => {
    loading ??= loadDocs()
    return loading
  }
  app.get(pagePath, { schema: { hide: true } }, async (_request, reply) => {
    const { page, policy } = await docs()
    return reply
      .type('text/html; charset=utf-8')
      .headers({ 'content-security-policy': policy, 'cache-control': 'no-cache' })
      .send(page)
  })
  const sendScript = packedText(async () => (await docs()).script)
  app.get(scriptPath, { schema: { hide: true }, compress: false }, (request, reply) =>
    sendScript(
      request,
      reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=86400'),
    ),
  )
}

/** The plugin's own page and script, asked of a server that listens nowhere. */
async function loadDocs(): Promise<Docs> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const inner = fastify()
  try {
    await inner.register(scalar, {
      routePrefix: '/x',
      configuration: {
        // relative, so that both are right behind a proxy that adds a path
        url: './openapi.json',
        cdn: `.${scriptPath}`,
        pageTitle: 'Restyle',
        // nothing is fetched from, or told to, anybody else
        withDefaultFonts: false,
        telemetry: false,
        agent: { disabled: true },
        mcp: { disabled: true },
        hideClientButton: true,
        showDeveloperTools: 'never',
      },
    })
    const [page, script] = [await inner.inject('/x/'), await inner.inject('/x/js/scalar.js')]
    return { page: page.body, policy: policyOf(page.body), script: script.body }
  } finally {
    await inner.close()
  }
}

/** Scripts only as they are here; styles that the script writes; no other host. */
function policyOf(page: string): string {
  const inline = [...page.matchAll(/<script(?![^>]* src=)[^>]*>([^]*?)<\/script>/g)].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  )
  return [
    "default-src 'none'",
    `script-src 'self' ${inline.join(' ')}`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
