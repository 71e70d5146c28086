import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * Where Chromium is; `undefined` when there is none.
 *
 * @throws Error when there is none and `REQUIRE_CHROMIUM` is set, so that no test is left out unseen.
 */
export function chromiumPath() {
  const path = [process.env.CHROMIUM, ...places].find((place) => place && existsSync(place))
  if (!path && process.env.REQUIRE_CHROMIUM) {
    throw new Error('REQUIRE_CHROMIUM is set, but Chromium is not installed')
  }
  return path
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--hide-scrollbars',
  '--no-first-run',
  '--remote-debugging-pipe',
]

/** Starts a headless Chromium, which is driven by its debugging protocol over two pipes. */
export async function openChromium() {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'))
  const child = spawn(chromiumPath(), [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const connection = new Connection(child.stdio[3], child.stdio[4])
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.once('error', (error) => connection.fail(error))
  child.once('exit', () => connection.fail(new Error('Chromium ended')))
  return {
    async newPage() {
      const { targetId } = await connection.send('Target.createTarget', { url: 'about:blank' })
      const attached = { targetId, flatten: true }
      const { sessionId } = await connection.send('Target.attachToTarget', attached)
      const page = new Page(connection, sessionId, targetId)
      await page.enable()
      return page
    },
    async close() {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It ended by itself.
      }
      await exited
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Messages of the protocol: JSON, each ended by a zero byte. */
class Connection {
  #out
  #next = 1
  #waiting = new Map()
  #listeners = new Set()
  #failure

  constructor(out, input) {
    this.#out = out
    let rest = ''
    out.on('error', (error) => this.fail(error))
    input.setEncoding('utf8').on('data', (chunk) => {
      const messages = (rest + chunk).split('\0')
      rest = messages.pop()
      for (const message of messages) this.#receive(JSON.parse(message))
    })
  }

  send(method, params = {}, sessionId = undefined) {
    if (this.#failure) return Promise.reject(this.#failure)
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject })
      this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    })
  }

  /** Gives a function that ends it. */
  listen(listener) {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  fail(error) {
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }

  #receive(message) {
    const call = this.#waiting.get(message.id)
    if (!call) {
      for (const listener of this.#listeners) listener(message)
      return
    }
    this.#waiting.delete(message.id)
    if (message.error) call.reject(new Error(`${call.method}: ${message.error.message}`))
    else call.resolve(message.result)
  }
}

/** One tab. */
class Page {
  /** Exceptions and messages to the console, as text. */
  messages = []
  #connection
  #session
  #target
  #forget

  constructor(connection, session, target) {
    this.#connection = connection
    this.#session = session
    this.#target = target
    this.#forget = connection.listen(({ sessionId, method, params }) => {
      if (sessionId !== session) return
      if (method === 'Runtime.exceptionThrown') {
        const { text, exception } = params.exceptionDetails
        this.messages.push(`${text} ${exception?.description ?? ''}`)
      }
      if (method === 'Runtime.consoleAPICalled') {
        this.messages.push(
          params.args.map(({ value, description }) => value ?? description).join(' '),
        )
      }
    })
  }

  async enable() {
    for (const domain of ['Page', 'Runtime', 'DOM']) await this.#send(`${domain}.enable`)
  }

  async goto(url) {
    const { errorText } = await this.#send('Page.navigate', { url })
    if (errorText) throw new Error(`${url}: ${errorText}`)
    await this.waitFor('document.readyState === "complete"')
  }

  /** The value of an expression, awaited if it is a promise; must be JSON. */
  async evaluate(expression) {
    const o = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', o)
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    }
    return result.value
  }

  /** Waits until an expression is truthy, and gives its value. */
  async waitFor(expression, timeoutMs = 60_000) {
    const end = performance.now() + timeoutMs
    for (;;) {
      const value = await this.evaluate(expression)
      if (value) return value
      if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${expression}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Puts files of this machine into an `<input type=file>`. */
  async chooseFiles(selector, files) {
    const { root } = await this.#send('DOM.getDocument')
    const { nodeId } = await this.#send('DOM.querySelector', { nodeId: root.nodeId, selector })
    await this.#send('DOM.setFileInputFiles', { nodeId, files })
  }

  async setViewport(width, height) {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 600 }
    await this.#send('Emulation.setDeviceMetricsOverride', metrics)
  }

  /** The whole page as a PNG. */
  async screenshot() {
    // A tab behind another one draws nothing, or late.
    await this.#send('Page.bringToFront')
    const o = { format: 'png', captureBeyondViewport: true }
    const { data } = await this.#send('Page.captureScreenshot', o)
    return Buffer.from(data, 'base64')
  }

  async close() {
    this.#forget()
    await this.#connection.send('Target.closeTarget', { targetId: this.#target })
  }

  #send(method, params) {
    return this.#connection.send(method, params, this.#session)
  }
}
