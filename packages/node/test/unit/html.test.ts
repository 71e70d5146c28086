import { describe, expect, test } from 'vitest'
import { html } from '../../src/page/html.js'

describe('html', () => {
  test('a value with markup in it › in text and in an attribute › is shown, not interpreted', () => {
    const evil = `"><script>alert('1')</script>&`
    expect(html`<p title="${evil}">${evil}</p>`.toString()).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
    )
  })

  test('a template inside a template, and lists of them › stay as they are', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`)
    expect(html`<p>${items}</p>`.toString()).toBe('<p><li>a</li><li>&lt;b&gt;</li></p>')
  })

  test('nothing, numbers and bigints › show as nothing and as digits', () => {
    expect(html`${undefined}|${1.5}|${2n ** 64n}`.toString()).toBe('|1.5|18446744073709551616')
  })
})
