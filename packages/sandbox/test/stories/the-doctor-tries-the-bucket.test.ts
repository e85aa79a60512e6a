import { tell } from '../../src/redis/start-managed-redis.ts'
import { openPrograms, type Programs } from './programs.ts'

describe('the doctor before a bucket', () => {
  let programs: Programs
  beforeAll(async () => {
    programs = await openPrograms()
  })
  afterAll(() => programs.stop())

  const examine = (more: Record<string, string> = {}) => programs.doctor(more)
  /** As people call it. */
  const admin = (command: string, more: Record<string, string> = {}) =>
    programs.run('worker/src/admin.ts', more, [command])

  it('has nothing to say about a sound one, and how pictures will travel', async () => {
    const { code, out, err } = await admin('doctor')
    expect({ code, err, amiss: out.match(/^(STOP|AWAY).*/gm) }).toEqual({ code: 0, err: '', amiss: null })
    expect(out).toMatch(
      /ok {4}bucket .*\nok {4}create once .*\nok {4}clock .*\nok {4}source delivery {6}upload, for DashScope cannot open/,
    )
    expect(out).toMatch(/\n\na worker can start.*\n$/)
  })

  it('names the bucket of others, and a rebuild keeps away from it', async () => {
    await examine()
    const { code, out } = await admin('doctor', { RESTYLE_PREFIX: '{staging}' })
    expect(out).toMatch(/^STOP {2}bucket .*RESTYLE_PREFIX=\{restyle\}/m)
    expect(code).toBe(1)
    const rebuild = await admin('rebuild', { RESTYLE_PREFIX: '{staging}' })
    expect(rebuild.err).toMatch(/^no edit was put back: the bucket belongs to the installation/)
    expect(rebuild.code).toBe(2)
  })

  it('warns where a Redis that knows of no installation takes over that of the bucket', async () => {
    await examine()
    await tell(programs.redis.port, (redis) => redis.del('{restyle}:installation'))
    const { code, out } = await examine()
    expect(code).toBe(0)
    expect(out).toMatch(/^warn {2}installation .*stop this one, for each would make the edits of the other/m)
    expect((await examine()).out).not.toMatch(/^warn {2}installation/m)
  })

  it('warns of a proxy that is set and not used, and tells which one is', async () => {
    const unused = await examine({ ALL_PROXY: 'socks5://proxy:1' })
    expect(unused.out).toMatch(/^warn {2}proxy .*ALL_PROXY is not used/m)
    const used = await examine({ HTTPS_PROXY: 'http://me:secret@127.0.0.1:9' })
    expect(used.out).toMatch(/^ok {4}proxy .*reached through 127\.0\.0\.1:9$/m)
  })

  it('shows what a server says without its escape sequences, and without signatures', async () => {
    const message = 'look \u001b[31mhere: https://oss.example/a?Signature=canary'
    const words = { type: 'status', status: 403, code: 'AccessDenied', message } as const
    const fault = programs.dashscope.faults.add({ at: 'list', do: words })
    const { code, out } = await examine()
    expect([fault.fired, code]).toEqual([1, 1])
    expect(out).toMatch(/^STOP {2}lane default .*look .*here: https:\/\/oss\.example\/a\?…/m)
    expect(out).not.toContain('canary')
    expect(out).not.toContain('\u001b')
  })
})
