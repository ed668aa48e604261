// Renews the figures in place every five seconds; the pages work without it.
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  // The choice of the time zone: that of the browser first.
  const zones = $('#zone');
  if (zones) {
    const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (name) zones.prepend(new Option(`this browser (${name})`, name, false, zones.selectedIndex === 0));
    return;
  }
  const pause = $('#pause');
  let paused = false;
  if (pause) {
    pause.hidden = false;
    pause.addEventListener('click', () => {
      paused = !paused;
      pause.textContent = paused ? 'Continue' : 'Pause';
      if (!paused) renew();
    });
  }
  // What the reader has done to the page: opened parts, the place of the keyboard, and scrolled tables.
  const like = element => {
    if (element.id) return `[id="${CSS.escape(element.id)}"]`;
    const details = element.closest('details[id]');
    if (element.tagName === 'SUMMARY' && details) return `[id="${CSS.escape(details.id)}"] > summary`;
    return element.hasAttribute('href') ? `main a[href="${CSS.escape(element.getAttribute('href'))}"]` : null;
  };
  function remember() {
    const main = $('main'), focused = document.activeElement;
    const selector = main.contains(focused) ? like(focused) : null;
    return {
      open: new Map(all('details[id]', main).map(d => [d.id, d.open])),
      selector, place: selector ? all(selector).indexOf(focused) : -1,
      scrolled: all('.scroll', main).map(s => s.scrollLeft),
    };
  }
  function restore(kept) {
    all('.scroll', $('main')).forEach((s, i) => { s.scrollLeft = kept.scrolled[i] ?? 0; });
    if (kept.selector) (all(kept.selector)[kept.place] ?? $(kept.selector))?.focus({ preventScroll: true });
  }
  async function renew() {
    if (document.hidden || paused || !(document.getSelection()?.isCollapsed ?? true)) return;
    try {
      const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(30000) });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error(answer.status);
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (paused) return;
      const kept = remember();
      all('details[id]', next).forEach(d => { d.open = kept.open.get(d.id) ?? d.open; });
      $('main').replaceWith($('main', next));
      restore(kept);
      document.title = next.title;
      $('#updated').textContent = $('#updated', next).textContent;
      document.body.classList.remove('old');
    } catch {
      // The figures stay, with the time when they were read.
      document.title = 'No answer - Mailflow';
      document.body.classList.add('old');
    }
  }
  if (!$('meta[http-equiv=refresh]'))
    (async () => {
      for (;;) {
        await new Promise(r => setTimeout(r, 5000));
        await renew();
      }
    })();
})();
