import { access } from 'node:fs/promises'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyReply } from 'fastify'
import type { Api } from '../http/api.ts'
import { Problem } from '../http/problem.ts'

/** What the console may load, and who may show it: nothing from elsewhere, and nobody else. */
const policy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'content-security-policy': policy,
  // a request of the page has to name its origin
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

/** Files whose names change with what is in them. */
const named = /^assets\//
/** Everything else that has an ending is a file too; an address of a page has none. */
const file = /^[\w-]+\.(svg|txt|webmanifest)$/

const notBuilt = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Restyle</title></head>
<body>
<h1>The console is not built</h1>
<p>Build it with <code>pnpm console:build</code> and load this page again. <code>npm start</code> and the image of the producer do it by themselves.</p>
</body>
</html>
`

/**
 * The console, as it was built into `dir`. Every address below `/console` that is no file is one of its pages: the page itself finds
 * out which. A build that is missing, or comes later, is noticed when somebody asks.
 */
export async function consolePages(app: Api, { dir }: { dir: string }): Promise<void> {
  await app.register(files, { root: dir, serve: false, cacheControl: false, globIgnore: ['**'] })
  const page = async (reply: FastifyReply): Promise<FastifyReply> => {
    void reply.headers(headers).header('cache-control', 'no-cache')
    const built = await access(join(dir, 'index.html')).then(
      () => true,
      () => false,
    )
    if (!built && !/\btext\/html\b/.test(reply.request.headers.accept ?? ''))
      throw new Problem('unavailable', 'The console is not built: pnpm console:build does it.')
    return built
      ? reply.sendFile('index.html')
      : reply.code(503).type('text/html; charset=utf-8').send(notBuilt)
  }
  const schema = { hide: true }
  app.get('/console', { schema }, async (_request, reply) => page(reply))
  app.get('/console/*', { schema }, async ({ params }, reply) => {
    const { '*': path = '' } = params as { '*'?: string }
    if (!named.test(path) && !file.test(path)) return page(reply)
    void reply
      .headers(headers)
      .header('cache-control', named.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
    return reply.sendFile(path)
  })
}
