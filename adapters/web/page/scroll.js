const NEAR_PX = 64;

/** Stays at the end while the person is there, and leaves them alone where they read. */
export function createScroll({ scroller, content, jump }) {
  let following = true;
  let top = 0;
  let height = 0;

  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
  };

  function follow() {
    following = true;
    jump.hidden = true;
    toEnd();
  }

  scroller.addEventListener('scroll', () => {
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
    // Only who moves up leaves the end: what is below may also have grown since we scrolled there.
    // A scroller that became higher moves up by itself.
    const grew = scroller.clientHeight > height;
    following = atEnd || (following && (grew || scroller.scrollTop >= top));
    top = scroller.scrollTop;
    height = scroller.clientHeight;
    jump.hidden = following;
  });
  jump.addEventListener('click', () => {
    follow();
    scroller.focus({ preventScroll: true });
  });
  const observer = new ResizeObserver(() => {
    if (following) toEnd();
  });
  observer.observe(content);
  observer.observe(scroller);

  return { follow };
}
