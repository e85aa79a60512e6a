import type { Paint } from './paint.ts'

/**
 * A kind of product, drawn into a square of 1000 × 1000 whose floor is at y = 800.
 * `flat` ones lie on the table and are seen from above.
 */
export interface Product {
  name: string
  flat?: boolean
  /** Left, top, right and bottom of what is drawn. */
  box: [number, number, number, number]
  /** Half the width of the shadow on the floor. */
  shadow: number
  draw: (paint: Paint) => string
}

/** What the catalog sells, in the order it is drawn. */
export const products: Product[] = [
  {
    name: 'mug',
    box: [322, 220, 750, 800],
    shadow: 210,
    draw: ({ base, dark, deep }) => `
      <path d="M648 462c150-34 168 236-8 226" fill="none" stroke="${deep}" stroke-width="44" stroke-linecap="round"/>
      <path d="M648 456c142-30 158 222-8 214" fill="none" stroke="${base}" stroke-width="32" stroke-linecap="round"/>
      <path d="M322 384V716q0 84 88 84H572q88 0 88-84V384Z" fill="url(#round)"/>
      <path d="M322 384V716q0 84 88 84H572q88 0 88-84V384Z" fill="url(#fall)"/>
      <rect x="372" y="430" width="34" height="300" rx="17" fill="#fff" opacity=".38" filter="url(#soft)"/>
      <ellipse cx="491" cy="384" rx="169" ry="40" fill="${dark}"/>
      <ellipse cx="491" cy="384" rx="169" ry="40" fill="none" stroke="url(#rim)" stroke-width="9"/>
      <ellipse cx="491" cy="394" rx="146" ry="27" fill="#4a2b19"/>
      <ellipse cx="462" cy="390" rx="66" ry="10" fill="#9a6a43" opacity=".7" filter="url(#soft)"/>
      <path d="M440 330c-36-50 34-72 2-132M520 318c-38-52 36-80 4-140" fill="none" stroke="#fff" stroke-width="16" stroke-linecap="round" opacity=".55" filter="url(#soft)"/>`,
  },
  {
    name: 'bottle',
    box: [374, 95, 626, 800],
    shadow: 150,
    draw: ({ deep }) => `
      <path d="M446 150q54-74 108 0" fill="none" stroke="#6d737b" stroke-width="17" stroke-linecap="round"/>
      <rect x="432" y="148" width="136" height="92" rx="18" fill="url(#metal)"/>
      <path d="M444 166v58M462 166v58M480 166v58M498 166v58M516 166v58M534 166v58M552 166v58" stroke="#000" stroke-opacity=".13" stroke-width="4"/>
      <rect x="448" y="238" width="104" height="24" fill="url(#metal)"/>
      <path d="M448 258h104c8 62 74 66 74 142V752q0 48-50 48H424q-50 0-50-48V400c0-76 66-80 74-142Z" fill="url(#round)"/>
      <path d="M448 258h104c8 62 74 66 74 142V752q0 48-50 48H424q-50 0-50-48V400c0-76 66-80 74-142Z" fill="url(#fall)"/>
      <path d="M418 412q0-44 36-82" fill="none" stroke="#fff" stroke-width="17" stroke-linecap="round" opacity=".5" filter="url(#soft)"/>
      <rect x="408" y="432" width="26" height="300" rx="13" fill="#fff" opacity=".42" filter="url(#soft)"/>
      <path d="M374 740h252v12q0 48-50 48H424q-50 0-50-48Z" fill="url(#metal)" opacity=".9"/>
      <g fill="none" stroke="${deep}" stroke-width="7" opacity=".55"><path d="M500 508q44 48 0 98q-44-50 0-98Z"/><path d="M500 548v92"/></g>`,
  },
  {
    name: 'lamp',
    box: [278, 165, 722, 806],
    shadow: 170,
    draw: ({ light }) => `
      <ellipse cx="500" cy="520" rx="400" ry="350" fill="url(#glow)"/>
      <rect x="489" y="440" width="22" height="340" fill="url(#brass)"/>
      <circle cx="500" cy="640" r="22" fill="url(#brass)"/>
      <path d="M366 772q0-34 134-34t134 34v10q0 18-134 18t-134-18Z" fill="url(#brass)"/>
      <ellipse cx="500" cy="466" rx="222" ry="30" fill="#fff3cf"/>
      <path d="M392 186q108-26 216 0L722 466q-222 62-444 0Z" fill="url(#round)"/>
      <path d="M392 186q108-26 216 0L722 466q-222 62-444 0Z" fill="url(#lit)"/>
      <g fill="none" stroke="${light}" stroke-opacity=".35" stroke-width="3"><path d="M428 178 352 486M464 170 424 496M500 168v330M536 170l40 326M572 178l76 308"/></g>
      <path d="M278 466q222 62 444 0" fill="none" stroke="${light}" stroke-width="9"/>
      <path d="M392 186q108-26 216 0" fill="none" stroke="${light}" stroke-width="7"/>
      <path d="M590 506v104" stroke="#b58b45" stroke-width="4"/><circle cx="590" cy="618" r="10" fill="url(#brass)"/>`,
  },
  {
    name: 'sneaker',
    box: [150, 395, 875, 800],
    shadow: 350,
    draw: ({ base, light, dark, deep }) => `
      <path d="M176 700C150 610 164 520 190 452c12-30 44-30 62-8 36 46 104 58 148 10l44-62c18-24 56-16 70 14 48 92 128 140 222 156 84 14 116 62 112 138Z" fill="url(#drop)"/>
      <path d="M176 700C160 610 168 520 190 452c12-30 44-30 62-8l-10 92c-4 60 6 120 26 164Z" fill="${dark}"/>
      <path d="M642 534c36 18 64 24 94 30 84 14 116 62 112 136H648c-44-58-44-116-6-166Z" fill="${light}" opacity=".55"/>
      <path d="M252 444c36 46 104 58 148 10l44-62c18-24 56-16 70 14l10 20-72 66c-66 66-168 50-204-8Z" fill="${deep}" opacity=".82"/>
      <path d="M500 384q-40-60-78-22-22 30 10 52l32 20Z" fill="${light}"/>
      <path d="M330 700 436 536h56L402 700ZM446 700l78-122h52l-66 122Z" fill="#fff" opacity=".9"/>
      <g stroke="#fff" stroke-width="17" stroke-linecap="round"><path d="m452 470 76-34M482 506l76-36M518 540l72-38M556 568l68-38"/></g>
      <g stroke="${deep}" stroke-opacity=".35" stroke-width="4" stroke-dasharray="9 8" fill="none"><path d="M656 548c-30 46-28 98 6 148M196 580q26 8 50 0M640 522c40 24 70 32 100 38"/></g>
      <path d="M156 690q340 34 700-6 24 0 24 36 0 80-84 80H232q-80 0-82-70-2-36 6-40Z" fill="#f7f5f0"/>
      <path d="M152 744q350 34 728-10-6 66-84 66H232q-74 0-80-56Z" fill="#d9d4c9"/>
      <path d="M158 706q340 32 714-4" fill="none" stroke="${base}" stroke-width="9"/>`,
  },
  {
    name: 'tote bag',
    box: [226, 190, 774, 800],
    shadow: 240,
    draw: ({ base, light, dark, deep }) => `
      <path d="M398 396C398 130 602 130 602 396" fill="none" stroke="${deep}" stroke-width="26"/>
      <path d="M270 372q230 24 460 0l44 392q4 36-34 36H260q-38 0-34-36Z" fill="url(#drop)"/>
      <path d="M270 372q230 24 460 0l44 392q4 36-34 36H260q-38 0-34-36Z" fill="url(#cloth)"/>
      <path d="M330 392c20 130-40 240-30 400M664 396c-10 120 44 250 26 396" fill="none" stroke="${dark}" stroke-width="16" opacity=".4" filter="url(#soft)"/>
      <path d="M268 372q232 26 464 0l5 46q-236 26-474 0Z" fill="${dark}" opacity=".45"/>
      <path d="M264 430q236 26 472 0" fill="none" stroke="${light}" stroke-width="4" stroke-dasharray="14 9"/>
      <path d="M378 470C364 90 636 90 622 470" fill="none" stroke="${base}" stroke-width="30"/>
      <path d="M378 470C364 90 636 90 622 470" fill="none" stroke="${light}" stroke-width="4" stroke-dasharray="14 9"/>
      <rect x="358" y="398" width="40" height="84" rx="8" fill="#a9703f"/><rect x="602" y="398" width="40" height="84" rx="8" fill="#a9703f"/>
      <g fill="#e7c37f"><circle cx="378" cy="422" r="8"/><circle cx="378" cy="460" r="8"/><circle cx="622" cy="422" r="8"/><circle cx="622" cy="460" r="8"/></g>
      <rect x="432" y="566" width="136" height="88" rx="12" fill="#b57b48"/><rect x="442" y="576" width="116" height="68" rx="8" fill="none" stroke="#f0d6b3" stroke-width="4" stroke-dasharray="9 7"/>
      <path d="M472 624q28-56 56 0" fill="none" stroke="#f0d6b3" stroke-width="7" stroke-linecap="round"/>`,
  },
  {
    name: 'chair',
    box: [258, 145, 742, 800],
    shadow: 270,
    draw: ({ light, dark, deep }) => `
      <g stroke="#8a5a35" stroke-width="24" stroke-linecap="round"><path d="m394 590-44 176M606 590l44 176"/></g>
      <path d="M318 214q-8-60 56-68 126-18 252 0 64 8 56 68l-34 286q-6 44-50 48-98 10-196 0-44-4-50-48Z" fill="url(#drop)"/>
      <path d="M318 214q-8-60 56-68 126-18 252 0 64 8 56 68l-34 286q-6 44-50 48-98 10-196 0-44-4-50-48Z" fill="url(#cloth)"/>
      <path d="M360 196q140-30 280 0" fill="none" stroke="${light}" stroke-width="18" opacity=".6" stroke-linecap="round" filter="url(#soft)"/>
      <g fill="${deep}" opacity=".55"><circle cx="430" cy="270" r="9"/><circle cx="500" cy="264" r="9"/><circle cx="570" cy="270" r="9"/><circle cx="436" cy="370" r="9"/><circle cx="500" cy="365" r="9"/><circle cx="564" cy="370" r="9"/></g>
      <g stroke="#b97c4b" stroke-width="30" stroke-linecap="round"><path d="m338 616-62 170M662 616l62 170"/></g>
      <g stroke="#d79b66" stroke-width="8" stroke-linecap="round"><path d="m332 630-54 148M656 630l54 148"/></g>
      <path d="M326 482q174 38 348 0 44-8 58 44l10 56q4 52-50 62-192 26-384 0-54-10-50-62l10-56q14-52 58-44Z" fill="url(#drop)"/>
      <path d="M260 580q240 46 480 0l2 12q2 44-50 52-192 26-384 0-52-8-50-52Z" fill="${dark}"/>
      <path d="M330 510q170 34 340 0" fill="none" stroke="${light}" stroke-width="20" opacity=".55" stroke-linecap="round" filter="url(#soft)"/>`,
  },
  {
    name: 'watch',
    flat: true,
    box: [270, 50, 760, 950],
    shadow: 200,
    draw: ({ base, light, dark, deep }) => `
      <path d="M404 60q96-22 192 0l18 300H386ZM386 640h228l-18 300q-96 22-192 0Z" fill="url(#round)"/>
      <g fill="none" stroke="${light}" stroke-width="5" stroke-dasharray="15 10"><path d="M424 80 408 330M576 80l16 250M408 670l16 250M592 670l-16 250"/></g>
      <g fill="${deep}"><ellipse cx="500" cy="770" rx="9" ry="13"/><ellipse cx="500" cy="820" rx="9" ry="13"/><ellipse cx="500" cy="870" rx="9" ry="13"/></g>
      <rect x="706" y="470" width="52" height="60" rx="12" fill="url(#metal)"/>
      <path d="M372 330h256l30 80v180l-30 80H372l-30-80V410Z" fill="url(#metal)"/>
      <circle cx="500" cy="500" r="226" fill="url(#metal)"/><circle cx="500" cy="500" r="206" fill="#5c626a"/>
      <circle cx="500" cy="500" r="196" fill="url(#dial)"/>
      <g stroke="#fff" stroke-linecap="round">${Array.from({ length: 60 }, (_, minute) => {
        const hour = minute % 5 === 0
        return `<path d="M500 ${hour ? 354 : 330}V322" stroke-width="${hour ? 10 : 3}" opacity="${hour ? 1 : 0.55}" transform="rotate(${minute * 6} 500 500)"/>`
      }).join('')}</g>
      <circle cx="500" cy="592" r="46" fill="${dark}" stroke="#fff" stroke-opacity=".5" stroke-width="3"/><path d="m500 592 20-28" stroke="#fff" stroke-width="5" stroke-linecap="round"/>
      <g stroke="#fff" stroke-linecap="round"><path d="m500 500-78-64" stroke-width="17"/><path d="m500 500 92-104" stroke-width="12"/></g>
      <path d="m476 540 72-160" stroke="#ffb347" stroke-width="5" stroke-linecap="round"/><circle cx="500" cy="500" r="14" fill="#ffb347"/>
      <path d="M338 440a176 176 0 0 1 190-112L372 612a176 176 0 0 1-34-172Z" fill="#fff" opacity=".12"/>
      <circle cx="500" cy="500" r="196" fill="none" stroke="${base}" stroke-width="5"/>`,
  },
  {
    name: 'plant',
    box: [200, 100, 800, 800],
    shadow: 190,
    draw: ({ dark, light }) => `
      <g>${[
        [-62, 0.86, '#2f6b46'],
        [62, 0.9, '#2c6442'],
        [-34, 1.02, '#3a7d52'],
        [36, 1.06, '#37784e'],
        [-84, 0.7, '#4c9465'],
        [84, 0.72, '#458c5e'],
        [2, 1.16, '#4a9263'],
        [-16, 0.8, '#62ab79'],
        [20, 0.76, '#5ba472'],
      ]
        .map(
          ([angle, size, green]) => `<g transform="translate(500 560) rotate(${angle}) scale(${size})">
        <path d="M0 0C-104-120-98-290 0-400 98-290 104-120 0 0Z" fill="${green}"/>
        <path d="M0 0C104-120 98-290 0-400Z" fill="#000" opacity=".14"/>
        <path d="M0 0V-370M0-90l-48-44M0-90l48-44M0-170l-58-50M0-170l58-50M0-250l-44-44M0-250l44-44" fill="none" stroke="#d3ecd0" stroke-opacity=".5" stroke-width="5"/></g>`,
        )
        .join('')}</g>
      <path d="M346 568h308l-36 200q-6 32-40 32H422q-34 0-40-32Z" fill="url(#round)"/>
      <path d="M346 568h308l-36 200q-6 32-40 32H422q-34 0-40-32Z" fill="url(#fall)"/>
      <path d="M352 604h296l-5 28H357Z" fill="${dark}" opacity=".4"/>
      <rect x="326" y="536" width="348" height="72" rx="16" fill="url(#round)"/>
      <path d="M340 546h320" stroke="${light}" stroke-width="6" stroke-linecap="round" opacity=".7"/>
      <path d="m408 640 20 120" stroke="#fff" stroke-width="22" stroke-linecap="round" opacity=".32" filter="url(#soft)"/>`,
  },
  {
    name: 'teapot',
    box: [130, 330, 865, 800],
    shadow: 180,
    draw: ({ base, light, dark, deep }) => `
      <path d="M292 470C120 410 110 690 318 694" fill="none" stroke="${deep}" stroke-width="46" stroke-linecap="round"/>
      <path d="M292 464C130 404 120 676 318 680" fill="none" stroke="${base}" stroke-width="32" stroke-linecap="round"/>
      <path d="M690 690c90-30 80-190 172-232l-34-40c-90 16-108 92-176 112Z" fill="${dark}"/>
      <path d="M690 664c76-30 70-170 150-214l-16-24c-80 16-104 92-172 112Z" fill="${base}"/>
      <ellipse cx="500" cy="600" rx="232" ry="198" fill="url(#ball)"/>
      <path d="M402 790q98 26 196 0l8 10H394Z" fill="${deep}"/>
      <path d="M372 436q128-96 256 0-128 44-256 0Z" fill="url(#ball)"/>
      <path d="M366 438q134 50 268 0" fill="none" stroke="${deep}" stroke-width="8" opacity=".6"/>
      <circle cx="500" cy="362" r="32" fill="url(#ball)"/><ellipse cx="490" cy="350" rx="10" ry="7" fill="#fff" opacity=".7"/>
      <ellipse cx="402" cy="540" rx="30" ry="76" fill="#fff" opacity=".4" transform="rotate(24 402 540)" filter="url(#soft)"/>
      <g fill="none" stroke="${light}" stroke-width="6" opacity=".75"><path d="M274 640q226 70 452 0M282 664q218 66 436 0"/></g>`,
  },
  {
    name: 'headphones',
    flat: true,
    box: [182, 215, 818, 805],
    shadow: 250,
    draw: ({ base, light, dark, deep }) => `
      <path d="M252 600C210 110 790 110 748 600" fill="none" stroke="${deep}" stroke-width="62" stroke-linecap="round"/>
      <path d="M252 590C214 118 786 118 748 590" fill="none" stroke="${base}" stroke-width="46" stroke-linecap="round"/>
      <path d="M330 318C420 190 580 190 670 318" fill="none" stroke="${light}" stroke-width="12" stroke-linecap="round" opacity=".7" filter="url(#soft)"/>
      <path d="M248 452v120M752 452v120" stroke="url(#steel)" stroke-width="26" stroke-linecap="round"/>
      <rect x="278" y="500" width="92" height="290" rx="46" fill="#2b2d31"/><rect x="630" y="500" width="92" height="290" rx="46" fill="#2b2d31"/>
      <rect x="300" y="520" width="20" height="250" rx="10" fill="#fff" opacity=".12"/><rect x="680" y="520" width="20" height="250" rx="10" fill="#fff" opacity=".12"/>
      <rect x="182" y="486" width="128" height="318" rx="62" fill="url(#round)"/><rect x="690" y="486" width="128" height="318" rx="62" fill="url(#round)"/>
      <rect x="214" y="520" width="22" height="240" rx="11" fill="#fff" opacity=".35" filter="url(#soft)"/><rect x="722" y="520" width="22" height="240" rx="11" fill="#fff" opacity=".35" filter="url(#soft)"/>
      <g fill="none" stroke="${dark}" stroke-width="6"><rect x="182" y="486" width="128" height="318" rx="62"/><rect x="690" y="486" width="128" height="318" rx="62"/></g>`,
  },
  {
    name: 'candle',
    box: [330, 260, 670, 800],
    shadow: 190,
    draw: ({ base, dark, deep }) => `
      <ellipse cx="500" cy="300" rx="330" ry="300" fill="url(#glow)"/>
      <rect x="330" y="360" width="340" height="440" rx="38" fill="#fff" opacity=".35"/>
      <path d="M344 480h312v270q0 36-38 36H382q-38 0-38-36Z" fill="url(#round)"/>
      <ellipse cx="500" cy="480" rx="156" ry="30" fill="${base}"/><ellipse cx="500" cy="482" rx="104" ry="18" fill="#fff4d6" opacity=".75" filter="url(#soft)"/>
      <path d="M500 482v-52" stroke="#3a2a20" stroke-width="8" stroke-linecap="round"/>
      <path d="M500 262q62 92 34 146-34 46-68 0-28-54 34-146Z" fill="#ffb52e"/><path d="M500 330q32 50 16 82-16 20-32 0-16-32 16-82Z" fill="#fff3bf"/>
      <rect x="400" y="560" width="200" height="150" rx="10" fill="#fbf7ee"/>
      <g fill="none" stroke="${deep}" stroke-width="5"><rect x="414" y="574" width="172" height="122" rx="6"/><path d="M448 668h104M466 648h68"/><path d="M500 592q26 20 0 42-26-22 0-42Z" fill="${dark}"/></g>
      <rect x="330" y="360" width="340" height="440" rx="38" fill="none" stroke="#fff" stroke-width="8" opacity=".85"/>
      <ellipse cx="500" cy="368" rx="166" ry="26" fill="none" stroke="#fff" stroke-width="8" opacity=".9"/>
      <rect x="360" y="410" width="26" height="350" rx="13" fill="#fff" opacity=".5" filter="url(#soft)"/>`,
  },
  {
    name: 'backpack',
    box: [225, 100, 775, 800],
    shadow: 240,
    draw: ({ base, light, dark, deep }) => `
      <path d="M430 190q0-84 70-84t70 84" fill="none" stroke="${deep}" stroke-width="26" stroke-linecap="round"/>
      <path d="M286 520q-70 60-46 230M714 520q70 60 46 230" fill="none" stroke="${deep}" stroke-width="40" stroke-linecap="round"/>
      <path d="M284 400q0-238 216-238t216 238v330q0 70-72 70H356q-72 0-72-70Z" fill="url(#drop)"/>
      <path d="M284 400q0-238 216-238t216 238v330q0 70-72 70H356q-72 0-72-70Z" fill="url(#cloth)"/>
      <path d="M316 420q0-214 184-214t184 214" fill="none" stroke="${deep}" stroke-width="10"/><path d="M316 420q0-214 184-214t184 214" fill="none" stroke="${light}" stroke-width="3" stroke-dasharray="4 5"/>
      <rect x="672" y="414" width="24" height="58" rx="8" fill="url(#brass)"/>
      <rect x="440" y="300" width="120" height="80" rx="12" fill="#a9703f"/><path d="M474 354q26-50 52 0" fill="none" stroke="#f0d6b3" stroke-width="7" stroke-linecap="round"/>
      <rect x="330" y="500" width="340" height="260" rx="44" fill="${base}"/><rect x="330" y="500" width="340" height="260" rx="44" fill="url(#fall)"/>
      <rect x="330" y="500" width="340" height="260" rx="44" fill="none" stroke="${dark}" stroke-width="8"/>
      <path d="M352 556h296" stroke="${deep}" stroke-width="11"/><path d="M352 556h296" stroke="${light}" stroke-width="3" stroke-dasharray="4 5"/><rect x="618" y="548" width="18" height="50" rx="7" fill="url(#brass)"/>
      <g fill="#a9703f"><rect x="396" y="600" width="34" height="164" rx="8"/><rect x="570" y="600" width="34" height="164" rx="8"/></g>
      <g fill="url(#brass)"><rect x="390" y="660" width="46" height="30" rx="6"/><rect x="564" y="660" width="46" height="30" rx="6"/></g>
      <path d="M330 330q30-110 130-134" fill="none" stroke="#fff" stroke-width="20" opacity=".28" stroke-linecap="round" filter="url(#soft)"/>`,
  },
]
