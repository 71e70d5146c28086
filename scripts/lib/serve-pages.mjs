import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, normalize } from 'node:path'

/**
 * Serves pages to this machine alone.
 *
 * @param {Record<string, string>} pages bodies by path; HTML unless the path ends in `.js`
 * @param {Record<string, string>} [folders] folders by the prefix of the paths of their files
 */
export async function servePages(pages, folders = {}) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname)
    const prefix = Object.keys(folders).find((start) => path.startsWith(start))
    const page = pages[path]
    if (page !== undefined) {
      const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(page)
    } else if (prefix) {
      try {
        const file = join(folders[prefix], normalize(path.slice(prefix.length - 1)))
        response.writeHead(200).end(readFileSync(file))
      } catch {
        response.writeHead(404).end()
      }
    } else {
      response.writeHead(404).end()
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}
