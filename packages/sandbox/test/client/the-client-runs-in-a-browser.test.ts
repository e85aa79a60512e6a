import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { chromium, type Browser, type Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { fine, openProducer, type World } from '../producer/open-producer.ts'
import { findChromium } from '@restyle/sandbox/browser/find-chromium'
import { installBuilt, openProject } from './published.ts'

const page = `<!doctype html><script type="importmap">${JSON.stringify({
  imports: {
    '@restyle/client/': '/node_modules/@restyle/client/dist/',
    'eventsource-parser': '/node_modules/eventsource-parser/dist/index.js',
  },
})}</script>`

/** A site of another origin than the producer's, with the client as it is published. */
async function openSite(dir: string): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname
    if (path === '/') return void response.setHeader('content-type', 'text/html').end(page)
    void readFile(join(dir, path)).then(
      (file) => response.setHeader('content-type', 'text/javascript').end(file),
      () => response.writeHead(404).end(),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

const launch = async () => chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })

let project: Awaited<ReturnType<typeof openProject>>
let site: Awaited<ReturnType<typeof openSite>>
let world: World
let browser: Browser
let tab: Page
let headers: { authorization: string }
let tabs = 0

beforeAll(async () => {
  ;[browser, project] = await Promise.all([launch(), openProject(installBuilt)])
  site = await openSite(project.dir)
  world = await openProducer({ http: { origins: [site.url] }, followers: { all: 9, each: 1 } })
})
beforeEach(async () => {
  headers = await world.keyOf(`shop${tabs++}`)
  tab = await browser.newPage()
  await tab.goto(site.url)
  const options = { url: world.producer.url, key: headers.authorization.replace('Bearer ', '') }
  await tab.evaluate(`(async () => {
    const { createClient } = await import('@restyle/client/client.js')
    globalThis.restyle = createClient(${JSON.stringify(options)})
    globalThis.fine = ${JSON.stringify(fine)}
  })()`)
})
afterEach(() => tab.close())
afterAll(async () => {
  await browser.close()
  await world.stop()
  site.server.closeAllConnections()
  site.server.close()
  await project.remove()
})

const run = (body: string): Promise<unknown> => tab.evaluate(`(async () => { ${body} })()`)

/** An edit that ends at once, and so makes an event. */
async function fail(): Promise<string> {
  const request = { method: 'POST', url: '/v1/edits', headers, payload: fine } as const
  const ledger = openLedger(world.redis, world.prefix)
  const edit = await ledger.read((await world.producer.app.inject(request)).json().id)
  if (edit === undefined) throw new Error('no edit')
  await ledger.move(edit, { to: 'failed', set: { failure: { code: 'Told', message: 'x' } } })
  return edit.id
}

it('asks for an edit once, however often it sends it, and lists it', async () => {
  const [first, again, ...listed] = (await run(`
    const one = await restyle.edits.create(fine, { idempotencyKey: 'order-1' })
    const two = await restyle.edits.create(fine, { idempotencyKey: 'order-1' })
    const ids = [one.id, two.id]
    for await (const { id } of restyle.edits.list()) ids.push(id)
    return ids`)) as string[]
  expect(again).toBe(first)
  expect(listed).toEqual([first])
})

it('uploads a picture, and reads what is wrong with another', async () => {
  const { default: sharp } = await import('sharp')
  const picture = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#c84' } })
    .png()
    .toBuffer()
  const bytes = JSON.stringify(picture.toJSON().data)
  expect(await run(`return restyle.sources.upload(Uint8Array.from(${bytes}))`)).toMatchObject({
    image: expect.stringMatching(/^sha256:/),
  })
  expect(
    await run(`return restyle.sources.upload(Uint8Array.of(1, 2)).catch(({ code, status, requestId }) => ({
      code, status, named: typeof requestId }))`),
  ).toEqual({ code: 'not-a-picture', status: 422, named: 'string' })
})

it('follows from now on, and reads how long to wait where there is no place', async () => {
  const following = run(`
    const places = []
    const stream = restyle.events.follow({ after: 'now', onPlace: () => { globalThis.placed = true } })
    const { value } = await stream.next()
    await stream.return()
    return value.event.subject`)
  await tab.waitForFunction('globalThis.placed === true')
  const refused = run(`
    const { createClient } = await import('@restyle/client/client.js')
    return restyle.events.page({ cursor: 'now' }).then(({ cursor }) =>
      fetch(restyle.url + '/v1/events?wait=5&cursor=' + cursor, { headers: { authorization: ${JSON.stringify(headers.authorization)} } })
        .then(({ status, headers }) => ({ status, after: headers.get('retry-after') })))`)
  expect(await refused).toEqual({ status: 503, after: '5' })
  const id = await fail()
  expect(await following).toBe(id)
})

it('takes the events of a group', async () => {
  const ids = [await fail(), await fail()]
  expect(
    await run(`
      const subjects = []
      for await (const { subject } of restyle.events({ group: 'web' })) if (subjects.push(subject) === 2) break
      return subjects`),
  ).toEqual(ids)
  expect((await run(`return restyle.eventGroups.read('web')`)) as object).toMatchObject({ taken: 1 })
})

it('trusts a webhook that was signed, and no other', async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const [at, body] = [new Date(), '{"id":"a"}']
  const proof = {
    body,
    secrets: [secret],
    headers: {
      'webhook-id': 'a',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign('a', at, body),
    },
  }
  const verify = (sent: object) => `
    const { verifyWebhook } = await import('@restyle/client/verify-webhook.js')
    return verifyWebhook(${JSON.stringify(sent)}).catch(({ code }) => code)`
  expect(await run(verify(proof))).toEqual({ id: 'a' })
  expect(await run(verify({ ...proof, body: '{"id":"b"}' }))).toBe('bad-webhook')
})
