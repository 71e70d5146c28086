/** Replaces the page's content with what the server renders, escaped there, as often as it sends it. */
export const pageScript = `
const live = document.getElementById('live')
const source = new EventSource('events')
source.onmessage = (event) => {
  document.querySelector('main').innerHTML = JSON.parse(event.data)
  live.textContent = 'live'
}
source.onerror = () => { live.textContent = 'no answer from the node; trying again' }
`
