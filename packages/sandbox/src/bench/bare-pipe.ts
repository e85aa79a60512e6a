import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/*
 * The least that a service does which sends files: `bare-pipe.ts <folder> <port>`, until it is killed. It packs them for whoever takes
 * gzip, as a producer does.
 */

const [folder = '', port] = process.argv.slice(2)

createServer((request, response) => {
  if (request.url === '/readyz') return void response.end()
  const file = createReadStream(join(folder, basename(request.url ?? '')))
  const isPacked = request.headers['accept-encoding'] === 'gzip'
  response.writeHead(200, isPacked ? { 'content-encoding': 'gzip' } : {})
  const sent = isPacked ? pipeline(file, createGzip({ level: 1 }), response) : pipeline(file, response)
  sent.catch(() => response.destroy())
}).listen(Number(port), '127.0.0.1')
