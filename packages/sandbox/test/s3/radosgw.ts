import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ContractServer } from './contract-server.ts'

const programs = ['radosgw', 'radosgw-admin', 'ceph', 'ceph-mon', 'ceph-osd', 'ceph-authtool', 'monmaptool']

/** Is Ceph's S3 gateway installed? (Debian: radosgw ceph-mon ceph-osd ceph-common) */
export function hasRadosgw(): boolean {
  return spawnSync('which', programs).status === 0
}

/** Starts a throw-away Ceph with a radosgw in it; takes about 15 s. Ends with this process at the latest. */
export async function startRadosgw(): Promise<ContractServer> {
  const dir = await mkdtemp(join(tmpdir(), 'restyle-radosgw-'))
  const [port, monPort] = await freePorts()
  const account = { accessKeyId: 'AKCONTRACT', secretAccessKey: 'contract-secret' }
  const script = fileURLToPath(new URL('radosgw.sh', import.meta.url))
  const child = spawn('bash', [
    script,
    dir,
    `${port}`,
    `${monPort}`,
    account.accessKeyId,
    account.secretAccessKey,
  ])
  const ended = once(child, 'close')
  const ready = once(createInterface(child.stdout), 'line')
  const first = await Promise.race([ready, ended.then(() => undefined)])
  if (first === undefined)
    throw new Error(`radosgw did not start: ${await readFile(join(dir, 'log'), 'utf8').catch(String)}`)
  return {
    url: `http://127.0.0.1:${port}`,
    ...account,
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}

/** Two ports nobody uses now: Ceph's monitor has to know its own before it starts. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : 0
    }),
  )
  await Promise.all(servers.map(async (server) => await once(server.close(), 'close')))
  return [ports[0] ?? 0, ports[1] ?? 0]
}
