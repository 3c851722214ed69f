/* The photograph field: camera or file, shown at once, and made small enough to send before it leaves the phone. */
(function () {
  "use strict";

  const LONGEST_SIDE = 2560;
  const QUALITY = 0.88;
  const SMALL_BYTES = 1500000;

  function read(file) {
    return new Promise(function (resolve, reject) {
      const reader = new FileReader();
      reader.onload = function () { resolve(reader.result); };
      reader.onerror = reject;
      reader.readAsDataURL(file);
    });
  }

  async function small(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size <= SMALL_BYTES) { return read(file); }
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", QUALITY);
  }

  function chooser(name, icon, capture, take) {
    const label = document.createElement("label");
    label.className = "photo-choose";
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "image/*";
    if (capture) { input.setAttribute("capture", "environment"); }
    input.addEventListener("change", function () { if (input.files[0]) { take(input.files[0]); input.value = ""; } });
    const mark = document.createElement("i");
    mark.className = "icon i-" + icon;
    const text = document.createElement("span");
    text.textContent = name;
    label.append(mark, text, input);
    return label;
  }

  function start(words) {
    const holder = document.getElementById(words.id + "-field");
    const shown = document.createElement("div");
    shown.className = "photo-shown";
    shown.hidden = true;
    const wrong = document.createElement("p");
    wrong.className = "photo-wrong";
    wrong.hidden = true;
    const take = async function (file) {
      try {
        const data = await small(file);
        const picture = document.createElement("img");
        picture.src = data;
        picture.alt = "";
        shown.replaceChildren(picture);
        shown.hidden = false;
        wrong.hidden = true;
        window.dash_clientside.set_props(words.id, {data: data});
      } catch (refused) {
        wrong.textContent = words.unreadable;
        wrong.hidden = false;
      }
    };
    holder.replaceChildren(shown, chooser(words.take, "camera", true, take), chooser(words.pick, "photo", false, take), wrong);
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {photo: {start: start}});
})();
