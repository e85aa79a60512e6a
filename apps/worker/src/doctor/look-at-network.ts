import type { Region } from '@restyle/dashscope/model'
import { lookAtHost } from '@restyle/shared/net/look-at-host'
import { isExempt, type ProxySettings, proxyText } from '@restyle/shared/net/proxy-settings'
import type { TrustedRange } from '@restyle/shared/net/trusted-ranges'
import { type Finding, ok, refuse, warn } from './finding.ts'

/** Which host it is does not matter to a resolver that makes answers up. */
const anyResultHost = 'dashscope-result-sh.oss-cn-shanghai.aliyuncs.com'

/** A host of each region's results, where it is known (docs/dashscope.md §2). */
const resultHosts: Readonly<Partial<Record<Region, string>>> = {
  beijing: anyResultHost,
  singapore: 'oss-ap-southeast-1.aliyuncs.com',
}

/** Whether images could be fetched from here: the proxies, and where our resolver leads the names of result hosts. */
export async function lookAtNetwork(
  { proxies, unheededProxies }: { proxies: ProxySettings; unheededProxies: readonly string[] },
  regions: readonly Region[],
  guard: { trusted: readonly TrustedRange[] } & Pick<Parameters<typeof lookAtHost>[1] & object, 'lookup'>,
): Promise<Finding[]> {
  const proxy = proxyText(proxies)
  const about = [
    ...unheededProxies.map((said) => warn('proxy', said)),
    ...(proxy === undefined
      ? []
      : [ok('proxy', `the vendor, its results and the bucket are reached through ${proxy}`)]),
  ]
  const hosts = [...new Set(regions.map((region) => resultHosts[region] ?? anyResultHost))]
  // a proxy resolves names by itself
  const direct = hosts.filter((host) => proxies.httpsProxy === '' || isExempt(host, proxies))
  return [...about, ...(await Promise.all(direct.map((host) => lookAtResults(host, guard))))]
}

async function lookAtResults(host: string, guard: Parameters<typeof lookAtHost>[1]): Promise<Finding> {
  const found = await lookAtHost(host, guard)
  switch (found.kind) {
    case 'open':
      return ok('results', found.trusted ? `${host} leads into a range that is trusted` : `${host} is found`)
    case 'refused':
      return refuse('results', `every image would be refused after it was paid: ${found.hint}`)
    case 'unresolved':
      return warn('results', `${host} is not found (${found.code}): look at the DNS of this machine`)
  }
}
