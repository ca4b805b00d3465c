import figure from "../../testdata/figure-5-12/plugin-cfg.xml";
import edited from "../../testdata/shop/edited.xml";

// Each is a file and a question about it.
export const examples = [
  {
    name: "Two members, one of them down",
    text: figure,
    fields: { url: "http://www.example.com/snoop", cookies: "JSESSIONID=0000abcdef:v544d031", down: "PluginMember1" },
  },
  {
    name: "A shop, edited by hand on a Friday",
    text: edited,
    fields: { url: "http://shop.example.com/shop/cart", cookies: "JSESSIONID=0000abc:shop1a" },
  },
];
