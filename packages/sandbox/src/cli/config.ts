import { resolve } from 'node:path'
import { port, readEnv } from '@restyle/shared/read-env'
import { z } from 'zod'

const speed = 'must be a number above 0, such as 20: so many times as fast as the service'

const SandboxEnv = z.object({
  RESTYLE_DIR: z.string().default('.restyle'),
  /** Set: the real service, and real bills. Absent: the simulator. */
  DASHSCOPE_API_KEY: z.string().optional(),
  DASHSCOPE_BASE_URL: z.url().optional(),
  PORT: port(8080),
  S3_PORT: port(8081),
  REDIS_PORT: port(8082),
  DASHSCOPE_PORT: port(8083),
  /** Set by npm, pnpm and their like for what they run. */
  npm_lifecycle_event: z.string().optional(),
  RESTYLE_SPEED: z.coerce.number({ error: speed }).positive({ error: speed }).default(20),
})
export type SandboxConfig = z.infer<typeof SandboxEnv>

/** What the embedded world reads from the environment; folders come back absolute. */
export function readConfig(env: Record<string, string | undefined> = process.env): SandboxConfig {
  const config = readEnv(SandboxEnv, env)
  return { ...config, RESTYLE_DIR: resolve(config.RESTYLE_DIR) }
}
