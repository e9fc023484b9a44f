/** Mail services with one name under many country domains. */
const FAMILIES =
  /^(aol|gmail|gmx|googlemail|hotmail|icloud|live|mail|msn|outlook|proton|protonmail|rocketmail|tutanota|windowslive|yahoo|yandex|ymail|zoho)\.(com|net|org|(com?\.)?[a-z]{2})$/;

/** Addresses that anyone can get: mail services, internet providers and disposable mailboxes. */
const DOMAINS = new Set(
  `
  126.com 139.com 163.com 189.cn aim.com aliyun.com alice.it aol.com arcor.de att.net bbox.fr bell.net bellsouth.net
  bigpond.com bigpond.net.au bluewin.ch btinternet.com charter.net club-internet.fr cogeco.ca comcast.net cox.net
  daum.net duck.com earthlink.net eastlink.ca email.com email.de fastmail.com fastmail.fm foxmail.com free.fr freenet.de
  freemail.hu frontier.com globetrotter.net guerrillamail.com hanmail.net hey.com hushmail.com inbox.com inbox.lv
  inbox.ru interia.pl juno.com kakao.com kpnmail.nl laposte.net libero.it list.ru live.com mac.com mail.ru mailbox.org
  mailfence.com mailinator.com mailo.com me.com my.com mts.net nate.com naver.com neuf.fr ntlworld.com numericable.fr
  o2.pl onet.pl optonline.net optusnet.com.au orange.fr passport.com pm.me pobox.com posteo.de posteo.net proton.me
  qq.com rambler.ru rediffmail.com riseup.net rogers.com runbox.com sasktel.net sbcglobal.net seznam.cz sfr.fr shaw.ca
  simplelogin.com sina.cn sina.com sky.com skynet.be sohu.com startmail.com sympatico.ca t-online.de talktalk.net
  tele2.nl telenet.be telus.net teksavvy.com terra.com.br tiscali.it tuta.com tuta.io tutamail.com ukr.net uol.com.br
  verizon.net videotron.ca videotron.qc.ca vipmail.hu virgilio.it virginmedia.com virgin.net vodafone.it voila.fr
  wanadoo.fr web.de wp.pl xplornet.com xs4all.nl xtra.co.nz ya.ru yeah.net yopmail.com ziggo.nl zohomail.com
  10minutemail.com dispostable.com maildrop.cc temp-mail.org trashmail.com sharklasers.com
  `
    .trim()
    .split(/\s+/),
);

/** Returns whether anyone can get an address in a domain, which is given in lower case. */
export function isPublicMailDomain(domain: string) {
  return DOMAINS.has(domain) || FAMILIES.test(domain);
}
