// Refreshes the figures in place every five seconds; the page works without it.
(() => {
  const open = () => new Set([...document.querySelectorAll('details[open]')].map(d => d.id));
  const selecting = () => !(document.getSelection()?.isCollapsed ?? true);
  async function renew() {
    if (document.hidden || selecting()) return;
    try {
      const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(30000) });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error(answer.status);
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const kept = open();
      next.querySelectorAll('details').forEach(d => { d.open = kept.has(d.id); });
      document.querySelector('main').replaceWith(next.querySelector('main'));
      document.title = next.title;
    } catch {
      document.title = 'No answer - Mailflow';
      const verdict = document.querySelector('.verdict');
      verdict.className = 'verdict stale';
      verdict.querySelector('h1').textContent = 'Mailflow does not answer. These figures are old.';
    }
  }
  document.querySelector('meta[http-equiv=refresh]') ?? (async () => {
    for (;;) {
      await new Promise(r => setTimeout(r, 5000));
      await renew();
    }
  })();
})();
